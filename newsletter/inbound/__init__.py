"""What comes back: bounces, complaints and replies, from a mailbox to the subscribers' table."""
