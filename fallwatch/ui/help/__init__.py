"""The help menu: guide, keys, versions and licences, and a report for whoever helps."""
