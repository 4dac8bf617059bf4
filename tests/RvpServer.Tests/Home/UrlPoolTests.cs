using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Tests.Home;

public class UrlPoolTests
{
    private readonly UrlPool urls = new();

    [Fact]
    public void The_same_spelling_is_one_object_and_another_spelling_another()
    {
        var first = urls.Of(Url("http://im.adatum.com/instmsg/aliases/JoBrown"));

        Assert.Same(first, urls.Of(Url("http://im.adatum.com/instmsg/aliases/JoBrown")));
        Assert.Same(first, Assert.IsType<Callback.Logical>(urls.Of(new Callback.Logical(Url("http://im.adatum.com/instmsg/aliases/JoBrown")))).Node);
        Assert.Equal("http://im.adatum.com/instmsg/aliases/jobrown", urls.Of(Url("http://im.adatum.com/instmsg/aliases/jobrown")).Spelling);
    }

    [Fact]
    public void The_same_spelling_of_another_node_stays_another()
    {
        var spelt = Url("http://im.adatum.com/instmsg/aliases/jb");
        var resolved = spelt.WithAlias("JoBrown");

        Assert.Equal("/instmsg/aliases/jb", urls.Of(spelt).Path);
        Assert.Equal("/instmsg/aliases/JoBrown", urls.Of(resolved).Path);
        Assert.Equal("/instmsg/aliases/jb", urls.Of(spelt).Path);
    }

    private static RvpUrl Url(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new ArgumentException(text);
}
