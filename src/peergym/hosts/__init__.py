"""What drives sessions in the world: the only packages that know about clocks and transports.

`driver.py` plays one match and is shared by all hosts; `pyodide.py` is the host in a browser's
worker, with its records in `mailbox.py`. `native.py` is the one outside a browser; it and the
`native_*.py` stay behind when the rest is sent to browsers.
"""
