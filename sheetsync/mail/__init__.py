"""Mails: rendering announcements, and the folder they are delivered to."""
