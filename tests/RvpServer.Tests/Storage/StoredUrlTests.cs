using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Tests.Storage;

public sealed class StoredUrlTests
{
    private static readonly string[] Pieces =
        ["http://", "im.adatum.com", "IM.Contoso.com", ":8080", ":80", "/", "//", "/instmsg", "/aliases", "/local", "/JoBrown", "%6c", "%2F", "%25", "x%y",
            "\u00c9", "%C3%A9", "?q", " ", "@"];

    [Theory]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown", null)]
    [InlineData("http://IM.adatum.com:80/instmsg/aliases/JoBrown/", "http://IM.adatum.com:80/instmsg/aliases/JoBrown/")]
    [InlineData("http://home1/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", null)]
    public void A_spelling_is_kept_where_it_differs(string text, string? spelling)
    {
        Assert.True(RvpUrl.TryParse(text, out var url));

        Assert.Equal(new StoredUrl("http://im.adatum.com/instmsg/aliases/JoBrown", spelling), StoredUrl.Of(url));
        Assert.Equal(url.Spelling, StoredUrl.Of(url).ToUrl()!.Spelling);
    }

    [Property(MaxTest = 2000)]
    public FsCheck.Property Reading_gives_the_same_node_or_none() =>
        Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), text =>
        {
            if (!RvpUrl.TryParse("http://h" + text, out var url)) return true;
            var read = StoredUrl.Of(url).ToUrl();
            return read is null || (read.Equals(url) && StoredUrl.KeyOf(read) == StoredUrl.KeyOf(url));
        });
}
