#!version:1.0.0.1
# The file below has all that the phone needs, so the model's common file isn't fetched.
include:config <001565aa0b1c.cfg>
