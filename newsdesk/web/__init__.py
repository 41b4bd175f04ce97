"""Requests of readers in, feeds and pages out."""
