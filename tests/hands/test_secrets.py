import string
from random import Random

import pytest

from bot.secrets import secret_in, secret_path


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "deploy/.env.production",
        ".env.example",
        "prod.env",
        ".npmrc",
        "home/.netrc",
        "certs/server.pem",
        "server.KEY",
        "id_rsa",
        ".ssh/config",
        "keys/id_ed25519",
        ".aws/credentials",
        "kubeconfig",
        "config/master.key",
        "terraform.tfstate",
        "prod.tfvars",
        "config/credentials.yml",
    ],
)
def test_a_file_that_keeps_secrets_is_known_by_its_path(path: str) -> None:
    assert secret_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/env.py",
        "environment.yml",
        "id_rsa.pub",
        "keys.py",
        "secrets.py",
        "monkey.js",
        "credentials.py",
        "a.envelope",
    ],
)
def test_an_ordinary_file_is_not_taken_for_a_secret(path: str) -> None:
    assert secret_path(path) is None


def made_up(length: int, alphabet: str = string.ascii_letters + string.digits, seed: int = 7) -> str:
    """A token that no scanner finds in this file."""
    return "".join(Random(seed).choices(alphabet, k=length))  # noqa: S311 - it only has to look random


SECRETS = {
    "aws": "AKIA" + made_up(16, "ABCDEFGHIJKLMNOP234567"),
    "github": "ghp_" + made_up(36),
    "fine-grained": "github_pat_" + made_up(82),
    "gitlab": "glpat-" + made_up(20),
    "slack": "xoxb-" + made_up(40),
    "openai": "sk-proj-" + made_up(48),
    "morph": "sk-" + made_up(40),
    "anthropic": "sk-ant-api03-" + made_up(80),
    "stripe": "sk_live_" + made_up(24),
    "google": "AIza" + made_up(35),
    "npm": "npm_" + made_up(36),
    "jwt": f"eyJ{made_up(30)}.eyJ{made_up(60)}.{made_up(43)}",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "openssh": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "pkcs8": "-----BEGIN " + "PRIVATE KEY-----",
    "url": "postgres://app:" + made_up(12) + "@db.internal/x",
    "assigned": 'API_KEY = "' + made_up(32) + '"',
    "json": '"client_secret": "' + made_up(40) + '"',
    "yaml": "password: '" + made_up(20, seed=3) + "'",
    "hex": 'auth_token="' + made_up(40, "0123456789abcdef") + '"',
    "yaml, bare": "POSTGRES_PASSWORD: " + made_up(20, seed=3),
    "a list of YAML": "- SECRET_KEY=" + made_up(24),
    "properties": "spring.datasource.password=" + made_up(20, seed=3),
    "ini": "aws_secret_access_key = " + made_up(40, string.ascii_letters + string.digits + "/+"),
    "shell": "export API_KEY=" + made_up(32) + "  # the shop's",
    "xml": "<password>" + made_up(20, seed=3) + "</password>",
    "connection": 'connect("Server=db;Password=' + made_up(20, seed=3) + ';")',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_with_its_line_and_not_repeated(kind: str) -> None:
    found = secret_in(f"one\ntwo\n  {SECRETS[kind]}\nfour\n")
    assert found
    assert "(line 3)" in found
    assert SECRETS[kind] not in found


@pytest.mark.parametrize(
    "text",
    [
        "",
        'password = "changeme"',
        'password = "correct horse battery staple"',
        'api_key = "your-api-key-goes-right-here-12"',
        'token = os.environ["API_TOKEN"]',
        'secret_name = "projects/my-project/secrets/db-password"',
        'token_url = "https://example.com/oauth2/token"',
        'access_key_id = "AKIAIOSFODNN7EXAMPLE"',
        'class = "sk-cube-grid-and-folding-cube"',
        'integrity = "sha512-' + made_up(86) + '=="',
        'commit = "' + made_up(40, "0123456789abcdef") + '"',
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
        "https://user:password@localhost/",
        "postgres://user:${DB_PASSWORD}@host/db",
        'TOKEN_HEADER = "X-Request-Token-Value"',
        'password_field = "user.profile.password_digest"',
        "const tokens = tokenize(input_text_that_is_long_enough_1234);",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        'secret_key_base = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
        "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD_2024_V1}",
        "token = get_token_v2(base64, sha256)",
        "secret: projects/p1/secrets/s2/versions/3",
        "api_key = settings.keys2.v1.Api3Key4x5",
        "TOKEN_MASK = 0x9E3779b97f4A7c15;",
        "private_key: /etc/ssl/private/shop2024.pem",
        "password: correct-horse-battery-staple",
        "<Reference Include='A, Culture=neutral, PublicKeyToken=b77a5c561934e089' />",
        "tokenizer: Acorn/Acorn2-7B-Instruct-v01",
        "token_id: 3f2b8c1e-94d7-4a60-8b5e-1c7d9e0f2a34",
        "tokenUrl: /api/v1/oauth2/login",
    ],
)
def test_ordinary_text_raises_no_alarm(text: str) -> None:
    assert secret_in(text) is None


@pytest.mark.parametrize(
    "unit",
    [
        "eyJ",
        "eyJa.eyJb.",
        "sk-",
        "token",
        "https://a:",
        "password='",
        "password=",
        "token: ",
        "secret>a1B2",
        "-----BEGIN ",
        "AKIA",
        "secret_",
        "a@",
        "x" * 50,
    ],
)
def test_long_hostile_texts_are_read_in_one_go(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    assert secret_in(text) is None or "line 1" in (secret_in(text) or "")
