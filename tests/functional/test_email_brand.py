"""How emails look: the platform's settings and a service's brand, in what is really sent."""
import html.parser

import pytest

from harness import CommandFailed, run_cli

LOGO = "https://logo.example/harbour.png"
# Answers and caches count real seconds at most 2; the business clock is what delivery's cache goes by.
CACHE_SECONDS = 3


class Tree(html.parser.HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def newest_email(server, world, **more):
    server.advance(CACHE_SECONDS)
    world.send_email(**more)
    server.drain()
    return server.messages(type="email")[-1]


def test_platform_settings_shape_every_email(make_postroom):
    server = make_postroom(settings={
        "brand.name": "Post & <Parcel>", "brand.url": "https://post.example/?a=1&b=2", "brand.colour": "#ffdd00",
        "brand.logo_url": "https://post.example/logo.png", "brand.footer": "1 High Street\nLeeds"})
    message = newest_email(server, server.world())
    tree = Tree(message["html"])
    assert "Post & <Parcel>" in tree.text and "<Parcel>" not in message["html"]
    assert {"https://post.example/?a=1&b=2"} <= {a.get("href") for a in tree.all("a")}
    assert [i["src"] for i in tree.all("img")] == ["https://post.example/logo.png"]
    assert [t["bgcolor"] for t in tree.all("td") if t.get("class") == "pr-bar"] == ["#ffdd00"]
    assert "1 High Street<br>Leeds" in message["html"] and message["body"].endswith("\n--\n1 High Street\nLeeds\n")
    assert all(t.get("role") == "presentation" for t in tree.all("table")) and not tree.all("h1")


def test_banner_can_be_switched_off(make_postroom):
    server = make_postroom(settings={"brand.banner": "false"})
    assert "pr-bar\"" not in newest_email(server, server.world())["html"]


@pytest.mark.parametrize("name,value,part", [
    ("brand.colour", "blue", "six hexadecimal digits"), ("brand.url", "post.example", "https://"),
    ("brand.logo_url", "javascript:alert(1)", "https://"), ("brand.name", " ", "1 to 200 bytes"),
    ("brand.footer", "x" * 2001, "at most 2000")])
def test_bad_settings_are_refused_by_name(tmp_path, name, value, part):
    done = run_cli("config", "check", "--data", tmp_path, "--set", f"{name}={value}")
    assert done.returncode == 1 and name in done.stderr and part in done.stderr


def test_a_services_brand_is_used_from_its_next_email_on(make_postroom, store_settings):
    server = make_postroom(settings=store_settings)
    world, other = server.world(), server.world("Other")
    before = newest_email(server, world)["html"]
    assert ">Postroom</span>" in before and LOGO not in before

    def brand(*options):
        return server.cli("service", "brand", world.id, *options)

    made = brand("--layout", "both", "--name", "Hârbour & Co", "--logo", LOGO, "--colour", "#123456")
    assert (made["layout"], made["name"], made["service_id"]) == ("both", "Hârbour & Co", world.id)
    both = newest_email(server, world)["html"]
    assert ">Postroom</span>" in both and "Hârbour &amp; Co" in both and LOGO in both and "2px solid #123456" in both
    assert LOGO not in newest_email(server, other)["html"]

    brand("--layout", "brand", "--alt", "Harbour", "--logo", LOGO)
    alone = newest_email(server, world)["html"]
    assert "Postroom</span>" not in alone and 'height="54" alt="Harbour"' in alone

    brand("--layout", "brand_banner", "--name", "Harbour", "--colour", "#123456")
    banner = newest_email(server, world)["html"]
    assert 'class="pr-bar" bgcolor="#123456"' in banner and ">Harbour</span>" in banner

    brand("--layout", "platform")
    assert newest_email(server, world)["html"] == before
    assert server.cli("service", "show", world.id)["email_brand"]["layout"] == "platform"


@pytest.mark.parametrize("options,part", [
    (["--layout", "round"], "layout is 'round'"),
    (["--layout", "both", "--name", "x"], "shows a logo"),
    (["--layout", "brand", "--logo", LOGO], "a name or an alt text"),
    (["--layout", "brand_banner", "--name", "x", "--colour", "#12"], "colour '#12'"),
    (["--layout", "brand_banner", "--name", "x", "--logo", "ftp://x/y.png"], "logo 'ftp://x/y.png'"),
    (["--layout", "platform", "--name", "x"], "layout 'platform'")])
def test_bad_brands_are_refused(postroom, options, part):
    world = postroom.world()
    with pytest.raises(CommandFailed) as refused:
        postroom.cli("service", "brand", world.id, *options)
    assert part in refused.value.stderr
