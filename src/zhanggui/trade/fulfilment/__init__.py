"""How goods reach the buyer: parcels, tracking, pick-up codes, digital goods, receipt by time."""
