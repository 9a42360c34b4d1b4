"""Pictures of the demonstration mall, drawn by program: flat shapes in few colours, the light from the left.

One picture is a motif (a cup, a chair), a backdrop and some colours. The same words give the same bytes;
nothing is read from a disk, no font is needed. Lengths are units: a picture of goods is 400 by 400.
"""
