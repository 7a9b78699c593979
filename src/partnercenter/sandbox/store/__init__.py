"""Where the sandbox keeps everything: schema, migrations, one writer, and the queries.

No rule of the service lives here. "Everything of the customer is purged" is a property of the schema:
whatever belongs to a customer refers to it with a foreign key that cascades.
"""
