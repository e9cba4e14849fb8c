"""The operator's command line: releases, and the rehearsal of them."""
