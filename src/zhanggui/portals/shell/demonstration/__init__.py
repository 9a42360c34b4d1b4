"""The demonstration: a mall's quarter played once, from the shipped sample, act by act as people would.

The orders, cancellations and amounts of the demo mall are real (see demo_data); the three tea market orders
and what the people in the story decide are made up. After the quarter a second mall opens, two months before today
and all invented (`mall/`): people can buy in it.
"""
