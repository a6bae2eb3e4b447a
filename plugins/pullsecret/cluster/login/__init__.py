"""How a user proves who he is: tokens, certificates, and the programs and issuers that give them."""
