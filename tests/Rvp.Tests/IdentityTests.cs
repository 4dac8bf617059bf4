using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Protocol;

namespace Rvp.Tests;

/// <summary>The one form of an identity: what we take for a principal, every other reader takes for the same one.</summary>
public partial class IdentityTests
{
    private const string Jo = "http://im.adatum.com/instmsg/aliases/JoBrown";

    // What makes readers differ, put somewhere into a good URL.
    private static readonly string[] Hostile =
    [
        "/", "//", "/.", "/..", "/../", ".", "..", "%2e", "%2E%2e", "%2F", "%2f", "%5C", "\\", "?", "#", "?/instmsg/aliases/Boss", "#/Boss", "%3F", "%23", ";x",
        "@", ":", ":80", ":080", ":8080", ":", "@evil.example", "evil.example/", "evil.example:80@", "boss@", "%40", "%3a", "local/", "im.contoso.com",
        "/instmsg/local/evil.example/instmsg/aliases/", "/instmsg/aliases/", "instmsg", "http://", "HTTP://", "hTTp://", "https://", "http:/", "http:\\\\",
        " ", "\t", "\n", "\r\n", "\0", "%00", "%0A", "%20", "%09", "%7F", "\u00a0", "\u2028", "\u200b", "\u202e", "\ufeff", "\u0085", "%E2%80%AE", "%C2%A0",
        "%41", "%4a", "%2541", "%252F", "%25", "%", "%y", "%4", "%zz", "%FF", "%C0%AF", "%ED%A0%80", "%7e", "%2D", "+", "~", "!", "'", "(", "*", "=", "&",
        "$", ",",
        "\uff2a", "\uff0f", "\uff0e", "\uff05", "\uff20", "\uff1a", "\u2100", "\ufb01", "\u00aa", "\u00b2", "\u2460", "\u212a",
        "%EF%BC%8F", "%EF%BC%AA", "%E2%84%80",
        "\u00e9", "e\u0301", "%C3%A9", "e%CC%81", "\u0130", "\u0131", "\u017f", "\u4f50\u3005\u6728",
        "\ud83d\ude00", "\ud800", "\ue000", "\"", "<", ">", "&amp;", "&#47;",
        "[::1]", "127.0.0.1", "0x7f.1", "010.0.0.1", "xn--", "_", "-", "IM.Adatum.COM",
        "JOBROWN", "INSTMSG/Aliases/", new string('x', 1000), new string('\u00e9', 400),
    ];

    private static readonly Gen<string> Mutants =
        from pieces in Gen.ArrayOf(Gen.Elements(Hostile), 2)
        from places in Gen.ArrayOf(Gen.Choose(0, Jo.Length), 2)
        from cut in Gen.Choose(0, 3)
        let one = Jo.Insert(places[0], pieces[0])
        select cut switch
        {
            0 => one,
            1 => one.Insert(Math.Min(places[1], one.Length), pieces[1]),
            2 => Jo[..places[0]] + pieces[0] + Jo[Math.Max(places[0], places[1])..],
            _ => "http://im.adatum.com/instmsg/aliases/" + pieces[0] + pieces[1],
        };

    [Theory]
    [InlineData(Jo)]
    [InlineData("http://IM.Adatum.com/INSTMSG/Aliases/jobrown")]
    [InlineData("http://im.adatum.com:80/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com:8080/instmsg/aliases/JoBrown")]
    [InlineData("http://127.0.0.1/instmsg/aliases/JoBrown")]
    [InlineData("http://h/instmsg/aliases/a.b-c_d~e+f!g$h'i(j)k*l=m")]
    [InlineData("http://h/instmsg/aliases/local")]
    public void An_account_is_one_whatever_its_letters(string text)
    {
        Assert.True(RvpUrl.TryParseIdentity(text, out var url));

        Assert.Equal(text, url.Spelling);
        Assert.NotNull(url.AliasName);
        Assert.Null(url.HomeHost);
        Assert.Same(url, url.AsIdentity());
        Assert.True(RvpUrl.TryParse(text, out var loose) && loose.Equals(url));
    }

    [Theory]
    [InlineData("x%y", "x%y")]
    [InlineData("100%", "100%")]
    [InlineData("%25zz", "%zz")]
    [InlineData("J%C3%B6", "J\u00f6")]
    [InlineData("J\u00f6", "J\u00f6")]
    [InlineData("a%21", "a!")]
    public void Escapes_are_read_once_and_an_invalid_one_is_text(string segment, string name)
    {
        Assert.True(RvpUrl.TryParseIdentity("http://h/instmsg/aliases/" + segment, out var url));

        Assert.Equal(name, url.AliasName);
    }

    [Theory]
    [InlineData("im.example.com", 80)]
    [InlineData("http://im.example.com", 80)]
    [InlineData("http://im.example.com:8080", 8080)]
    public void A_bare_host_is_one(string text, int port)
    {
        Assert.True(RvpUrl.TryParseIdentity(text, out var url));

        Assert.Equal((true, "im.example.com", port), (url.IsBareHost, url.Host, url.Port));
    }

    [Theory]
    [InlineData("")]
    [InlineData("im.example.com:8080")]
    [InlineData("im.example.com/")]
    [InlineData("http://im.example.com/")]
    [InlineData("http://im.adatum.com/instmsg/local/im.contoso.com/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/local/im.contoso.com/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown?/instmsg/aliases/boss")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown#/boss")]
    [InlineData("http://jo@im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown/")]
    [InlineData(" http://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown\n")]
    [InlineData("http://im.adatum.com/instmsg/aliases/.")]
    [InlineData("http://im.adatum.com/instmsg/aliases/..")]
    [InlineData("http://im.adatum.com/instmsg/./aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/x\\JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/x%5CJoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/x%2FJoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/%4aoBrown")]
    [InlineData("http://im.adatum.com/instmsg/%61liases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/%254aoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo%20Brown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo%00")]
    [InlineData("http://im.adatum.com/instmsg/aliases/boss@bank.example")]
    [InlineData("http://im.adatum.com./instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com:/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com:080/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com:0/instmsg/aliases/JoBrown")]
    [InlineData("HTTP://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("https://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("//im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://[::1]/instmsg/aliases/JoBrown")]
    [InlineData("http://010.0.0.1/instmsg/aliases/JoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/")]
    [InlineData("http://im.adatum.com/groups/rec-cycling")]
    [InlineData("http://im.adatum.com/instmsg/aliases/\uff2aoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/%EF%BC%AAoBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/\u2100")]
    [InlineData("http://im.adatum.com/instmsg/aliases/\u212aari")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Joe\u0301")]
    [InlineData("http://im.adatum.com/instmsg/aliases/\ufb01")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo\u202eBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo\u200bBrown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo\u00a0Brown")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo\ue000")]
    [InlineData("http://im.adatum.com/instmsg/aliases/Jo\u0378")]
    [InlineData("http://im.adatum.com/instmsg/aliases/\U0001d409o")]
    public void Any_other_form_is_refused(string text) => Assert.False(RvpUrl.TryParseIdentity(text, out _));

    [Fact]
    public void Letters_of_other_scripts_are_read() =>
        Assert.All(["\u4f50\u3005\u6728", "\u0418\u0432\u0430\u043d", "\u03a3\u03bf\u03c6\u03af\u03b1", "\u00c5sa", "\u05d3\u05d5\u05d3"],
            name => Assert.True(RvpUrl.TryParseIdentity("http://h/instmsg/aliases/" + name, out var url) && url.AliasName == name));

    [Property(MaxTest = 20_000)]
    public FsCheck.Property Every_reader_sees_the_same_person() => Prop.ForAll(Mutants.ToArbitrary(), text =>
    {
        if (!RvpUrl.TryParseIdentity(text, out var url)) return;
        Assert.Equal(text, url.Spelling);
        if (url.AliasName is not { } name) return;
        Assert.All(Readers, reader =>
        {
            if (reader(text) is not { } seen) return;
            Assert.Equal((url.Host, name), (seen.Host.ToLowerInvariant(), seen.Name));
        });
        Assert.True(RvpUrl.TryParseIdentity(url.ToString(), out var canonical) && canonical.Equals(url));
    });

    // The host and the name that other programs take from a text; null where they take none.
    private static readonly Func<string, (string Host, string Name)?>[] Readers =
        [ByCutting, Decoded(ByCutting), text => Decoded(ByCutting)(Folded(text)), text => ByBrowser(Folded(text)), ByBrowser, ByDotnet];

    // [client: pidgin-librvp]
    private static (string, string)? ByCutting(string text)
    {
        if (!text.StartsWith("http://", StringComparison.Ordinal)) return null;
        var rest = text[7..];
        var end = rest.IndexOfAny(['/', ':']);
        var name = rest[(rest.LastIndexOf('/') + 1)..];
        // It does not unescape, so it shows an escaped name as it is: still one name for one principal.
        return (end < 0 ? rest : rest[..end], Uri.UnescapeDataString(name));
    }

    // Twice, that is: some unescape the URL before they cut it, and the name again.
    private static Func<string, (string Host, string Name)?> Decoded(Func<string, (string Host, string Name)?> reader) =>
        text => reader(Escape().Replace(text, match => Uri.UnescapeDataString(match.Value)));

    // The URL standard of browsers, as far as it matters for http.
    private static (string, string)? ByBrowser(string text)
    {
        text = new string([.. text.Trim([.. Enumerable.Range(0, 33).Select(c => (char)c)]).Where(c => c is not ('\t' or '\n' or '\r'))]);
        if (!text.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) return null;
        var rest = text[5..].Replace('\\', '/').TrimStart('/');
        rest = rest.Split('?', '#')[0];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? rest : rest[..slash];
        authority = authority[(authority.LastIndexOf('@') + 1)..].Split(':')[0];
        var segments = new Stack<string>();
        foreach (var segment in slash < 0 ? [] : rest[(slash + 1)..].Split('/'))
        {
            var plain = segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (plain == "..") segments.TryPop(out _);
            else if (plain != ".") segments.Push(segment);
        }
        return segments.TryPeek(out var last) ? (authority, Uri.UnescapeDataString(last)) : (authority, "");
    }

    private static (string, string)? ByDotnet(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) ? (uri.IdnHost, Uri.UnescapeDataString(uri.Segments[^1])) : null;

    // Compatibility normalization of what the generator uses: the tests run without ICU too.
    private static string Folded(string text)
    {
        (string From, string To)[] folds =
        [
            ("\uff2a", "J"), ("\uff0f", "/"), ("\uff0e", "."), ("\uff05", "%"), ("\uff20", "@"), ("\uff1a", ":"), ("\u2100", "a/c"), ("\ufb01", "fi"),
            ("\u00aa", "a"), ("\u00b2", "2"), ("\u2460", "1"), ("\u212a", "K"), ("\u017f", "s"), ("\u00a0", " "), ("e\u0301", "\u00e9"),
        ];
        text = Escape().Replace(text, match => Uri.UnescapeDataString(match.Value));
        foreach (var (from, to) in folds) text = text.Replace(from, to, StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex("(%[0-9A-Fa-f]{2})+")]
    private static partial Regex Escape();
}
