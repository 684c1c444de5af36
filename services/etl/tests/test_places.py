"""URLs, campaigns and channels."""

URLS = {
    "https://Shop.Example/a/b?x=1#top": ("shop.example", "/a/b"),
    "https://www.shop.example": ("shop.example", "/"),
    "https://shop.example:8443/a": ("shop.example", "/a"),
    "https://user:secret@shop.example/a": ("shop.example", "/a"),
    "https://shop.example?x=1": ("shop.example", "/"),
    "https://shop.example#top": ("shop.example", "/"),
    "https://cửa-hàng.example/máy tính": ("cửa-hàng.example", "/máy tính"),
    "https://shop.example/100%/%zz": ("shop.example", "/100%/%zz"),
    "android-app://com.example.shop/": ("com.example.shop", "/"),
    "/a/b?x=1": (None, "/a/b"),
    "//shop.example/a": (None, "//shop.example/a"),
    "shop": (None, None),
    "https://": (None, None),
    "?x=1": (None, None),
    "javascript:void(0)": (None, None),
    "about:blank": (None, None),
    "  ": (None, None),
    "https://[2001:db8::1]:443/a": ("[2001:db8::1]", "/a"),
}


def test_hosts_and_paths_are_taken_from_urls_and_broken_urls_give_none(transform, make_event):
    done = transform(*(make_event(pageUrl=url, referrer=url) for url in URLS))
    assert done.rejects == []
    found = {url: (row["referrer_host"], row["page_path"]) for url, row in zip(URLS, done.events, strict=True)}
    assert found == URLS


CAMPAIGNS = {
    "utm_source=newsletter": "newsletter",
    "a=1&utm_source=newsletter&b=2": "newsletter",
    "utm_source=spring%20sale": "spring sale",
    "utm_source=spring+sale": "spring sale",
    "utm_source=m%C3%A1y": "máy",
    "utm_source=100%": "100%",
    "utm_source=%zz": "%zz",
    "utm_source=%FF": "%FF",
    "utm_source=%ED%A0%80": "%ED%A0%80",
    "utm_source=a%00b": "a\N{REPLACEMENT CHARACTER}b",
    "utm_source=": None,
    "utm_source": None,
    "xutm_source=a": None,
    "utm_source=a&utm_source=b": "a",
    "utm_source=a#utm_source=b": "a",
    "utm_source=%20": None,
    "utm_source=a%0A%22,%5C.": 'a\n",\\.',
}


def test_campaign_parameters_are_decoded_and_a_broken_encoding_is_kept_as_it_is(transform, make_event):
    done = transform(*(make_event(pageUrl=f"https://shop.example/?{query}") for query in CAMPAIGNS))
    found = {query: row["utm_source"] for query, row in zip(CAMPAIGNS, done.events, strict=True)}
    assert found == CAMPAIGNS


def test_all_five_campaign_parameters_have_columns(transform, make_event):
    query = "utm_source=s&utm_medium=m&utm_campaign=c&utm_term=t&utm_content=k"
    event = transform(make_event(pageUrl=f"https://shop.example/?{query}")).event
    names = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
    assert [event[name] for name in names] == ["s", "m", "c", "t", "k"]


# GA4's rules in their order: (source, medium, campaign, referrer) -> channel.
CHANNELS = {
    ("", "", "", ""): "Direct",
    ("", "", "", "https://shop.example/cart"): "Direct",
    ("", "", "", "https://www.shop.example/cart"): "Direct",
    ("google", "cpc", "summer cross-network", ""): "Cross-network",
    ("amazon", "cpc", "", ""): "Paid Shopping",
    ("news", "ppc", "shopping-week", ""): "Paid Shopping",
    ("news", "retargeting", "e-shop", ""): "Paid Shopping",
    ("google", "cpc", "", ""): "Paid Search",
    ("bing", "paidsearch", "", ""): "Paid Search",
    ("google.com", "CPC", "", ""): "Paid Search",
    ("facebook", "cpc", "", ""): "Paid Social",
    ("t.co", "paid-social", "", ""): "Paid Social",
    ("youtube", "cpv-cpc", "", ""): "Paid Video",
    ("news", "display", "", ""): "Display",
    ("news", "banner", "", ""): "Display",
    ("news", "cpm", "", ""): "Display",
    ("google", "display", "", ""): "Display",
    ("news", "cpa", "", ""): "Paid Other",
    ("news", "cpc", "", ""): "Paid Other",
    ("news", "retargeting", "", ""): "Paid Other",
    ("shopee", "", "", ""): "Organic Shopping",
    ("news", "x", "my shop week", ""): "Organic Shopping",
    ("news", "x", "workshop", ""): "Unassigned",
    ("news", "x", "eshop", ""): "Organic Shopping",
    ("", "", "", "https://www.amazon.de/x"): "Organic Shopping",
    ("facebook", "", "", ""): "Organic Social",
    ("news", "social-network", "", ""): "Organic Social",
    ("", "", "", "https://m.facebook.com/"): "Organic Social",
    ("", "", "", "https://t.co/abc"): "Organic Social",
    ("youtube", "", "", ""): "Organic Video",
    ("news", "longvideo", "", ""): "Organic Video",
    ("", "", "", "https://vimeo.com/1"): "Organic Video",
    ("", "", "", "https://www.google.co.uk/"): "Organic Search",
    ("", "", "", "https://www.google.com.vn/"): "Organic Search",
    ("", "", "", "https://duckduckgo.com/"): "Organic Search",
    ("", "", "", "https://coccoc.com/search"): "Organic Search",
    ("news", "organic", "", ""): "Organic Search",
    ("email", "", "", ""): "Email",
    ("news", "e-mail", "", ""): "Email",
    ("news", "Email", "", ""): "Email",
    ("partner", "affiliate", "", ""): "Affiliates",
    ("news", "referral", "", ""): "Referral",
    ("news", "link", "", ""): "Referral",
    ("", "", "", "https://blog.example/post"): "Referral",
    ("podcast", "audio", "", ""): "Audio",
    ("sms", "", "", ""): "SMS",
    ("news", "sms", "", ""): "SMS",
    ("app", "webpush", "", ""): "Mobile Push Notifications",
    ("app", "mobile-banner", "", ""): "Mobile Push Notifications",
    ("app", "a notification", "", ""): "Mobile Push Notifications",
    ("firebase", "x", "", ""): "Mobile Push Notifications",
    ("newsletter", "", "", ""): "Unassigned",
    ("news", "fax", "", ""): "Unassigned",
    ("", "fax", "", "https://blog.example/"): "Unassigned",
}


def test_channels_follow_the_default_channel_group(transform, make_event):
    def hit(source, medium, campaign, referrer):
        query = f"utm_source={source}&utm_medium={medium}&utm_campaign={campaign}".replace(" ", "%20")
        return make_event(pageUrl=f"https://shop.example/?{query}", referrer=referrer)

    done = transform(*(hit(*key) for key in CHANNELS))
    found = {key: row["channel"] for key, row in zip(CHANNELS, done.events, strict=True)}
    assert found == CHANNELS


def test_a_referrer_says_where_a_visitor_came_from_where_the_page_is_unknown(transform, make_event):
    assert transform(make_event(referrer="https://www.bing.com/")).event["channel"] == "Organic Search"
