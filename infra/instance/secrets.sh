# Secrets, from Systems Manager's Parameter Store. They are never arguments of a program, where `ps` would show them.

parameter() { # NAME: the value of a parameter below $PARAMETERS
  aws ssm get-parameter --with-decryption --name "$PARAMETERS/$1" --query Parameter.Value --output text
}

url_encoded() { # standard input, fit to stand in a URL
  python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.stdin.read().rstrip("\n"), safe=""), end="")'
}
