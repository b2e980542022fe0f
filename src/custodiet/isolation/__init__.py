"""Isolation: rules that let the needed through and nothing else, and the proof from captures that they hold."""
