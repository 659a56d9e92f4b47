"""What the office offers: services, administrations and official fiches."""
