using System.Text;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Network;

namespace RvpServer.Fuzz.Targets;

/// <summary>Names of people, nodes and hosts: what was accepted is one node in every spelling that this server writes of it.</summary>
internal static class NameTargets
{
    private static readonly string[] Tokens =
    [
        "http://", "/instmsg/aliases/", "/instmsg/local/", "/instmsg/aliases/local/", "im.adatum.com", "JoBrown", ":80", ":8080", ":65536", "[::1]",
        "127.0.0.1", "0x7f.1", "%2F", "%41", "%00", "%C3%A9", "%ED%A0%80", @"\xC3\xA9", @"\xC3\x9F", @"\xC4\xB0", @"\xC2\xAD", "xn--", "?", "#", "..",
        "@adatum.com", @"ADATUM\\",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("url", bytes => Url(Encoding.UTF8.GetString(bytes)), Tokens),
        new("target", bytes => Target(Encoding.UTF8.GetString(bytes)), Tokens),
        new("address", bytes => Address(Encoding.UTF8.GetString(bytes)), Tokens),
    ];

    private static void Url(string text)
    {
        if (RvpUrl.TryParseIdentity(text, out var identity))
        {
            Same(identity, text);
            Assert.Same(identity, identity.AsIdentity());
            Assert.True(RvpUrl.TryParseIdentity(identity.ToString(), out var canonical), identity.ToString());
            Assert.Equal(identity, canonical);
        }
        if (!RvpUrl.TryParse(text, out var url)) return;
        Same(url, url.ToString());
        Same(url, url.Spelling);
        Assert.DoesNotContain(url.Spelling, c => c is <= ' ' or '"' or '<' or '>');
        if (url.AliasName is not null) Assert.Equal(url, url.AsIdentity());
    }

    // The first line is the Host header, the second the request target.
    private static void Target(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || !RvpUrl.TryParseTarget(text[..end], text[(end + 1)..], 8080, out var url)) return;
        Same(url, url.ToString());
        var physical = url.PhysicalOn(new HostAndPort("imhomeserver1.adatum.com", 8081));
        if (url is not { Port: 8080, AliasName: not null } || physical.Length > RvpUrl.MaxLength) return;
        Assert.True(RvpUrl.TryParse(physical, out var same), physical);
        Assert.Equal((url.Host, url.Path), (same.Host, same.Path));
    }

    private static void Address(string text)
    {
        if (ImAddress.TryParse(text, out var address))
        {
            Assert.True(ImAddress.TryParse(address.ToString(), out var again), address.ToString());
            Assert.Equal(address, again);
        }
        if (HostAndPort.TryParse(text, out var place))
        {
            Assert.True(HostAndPort.TryParse(place.ToString(), out var again), place.ToString());
            Assert.Equal(place, again);
        }
        if (HostName.TryNormalize(text, out var name))
        {
            Assert.True(HostName.TryNormalize(name, out var again), name);
            Assert.Equal(name, again);
        }
        if (HostName.TryParseAddress(text, out var ip)) Assert.False(ip.IsIPv4MappedToIPv6);
        Assert.DoesNotContain(Claim.AccountPart(text), char.IsControl);
    }

    private static void Same(RvpUrl url, string text)
    {
        Assert.True(RvpUrl.TryParse(text, out var again), text);
        Assert.Equal(url, again);
        Assert.Equal(url.GetHashCode(), again.GetHashCode());
    }
}
