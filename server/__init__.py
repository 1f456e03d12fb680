"""Attune: patient-reported outcomes for psychedelic-assisted therapy, from the phone to the page."""
