"""Requests of readers in, pages out: today the one on which they unsubscribe."""
