"""What a signature costs: this site beside bare Flask, on the same server, database and machine."""
