"""
The message bus of the PBX (RabbitMQ, AMQP 0-9-1): which tenants were deleted, what happens to devices.
"""
