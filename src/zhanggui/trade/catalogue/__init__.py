"""What is sold: types, categories, brands, goods (SPU), their SKUs, prices, pictures, stock and its movements.

Owns: goods of merchants and supply goods of suppliers, review by the platform, stock that is on hand and reserved.
Promises: reserved never exceeds what is on hand; stock is the sum of its movements. Refuses to know: buyers, orders.
"""
