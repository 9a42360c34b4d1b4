"""What is agreed beforehand: our accounts, limits of approval, requirements, policies, rebate agreements."""
