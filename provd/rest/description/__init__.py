"""
What the API says of itself: OpenAPI 3.1, made of the handlers' own paths, methods and accesses and of the
files here, and the same in Swagger 2.0.
"""
