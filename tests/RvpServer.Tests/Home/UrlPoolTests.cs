using System.Net;
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
        Assert.Same(first, urls.Of(Url("http://192.0.2.7/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")));
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

    [Fact]
    public void The_sign_in_and_the_watches_of_a_client_have_one_subscriber_and_another_client_has_another()
    {
        var first = urls.Of(Jo(1051));

        Assert.Same(first, urls.Of(Jo(1051)));
        Assert.NotSame(first, urls.Of(Jo(1052)));
        Assert.Equal(1, urls.Of(Jo(1051) with { PasswordStamp = 1 }).PasswordStamp);
        Assert.Equal(IPAddress.IPv6Loopback, urls.Of(Jo(1051) with { Address = IPAddress.IPv6Loopback }).Address);
    }

    [Fact]
    public void Where_news_goes_keeps_its_spelling()
    {
        var first = urls.Of(Jo(1051) with { Callback = new Callback.Logical(Url("http://im.adatum.com/instmsg/aliases/JoBrown")) });

        Assert.Same(first.Principal, Assert.IsType<Callback.Logical>(first.Callback).Node);
        var other = urls.Of(first with { Callback = new Callback.Logical(Url("http://im.adatum.com/instmsg/aliases/jobrown")) });
        Assert.Equal("http://im.adatum.com/instmsg/aliases/jobrown", Assert.IsType<Callback.Logical>(other.Callback).Node.Spelling);
    }

    [Theory]
    [InlineData("http://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("http://IM.adatum.com:8080/instmsg/aliases/Jo%20Brown/")]
    [InlineData("http://im.contoso.com")]
    [InlineData("im.contoso.com")]
    public void What_is_kept_is_the_same_node_in_the_same_letters(string text)
    {
        var url = Url(text);
        var kept = urls.Of(url);

        Assert.Equal(url, kept);
        Assert.Equal(url.GetHashCode(), kept.GetHashCode());
        Assert.Equal((url.Path, url.Spelling, url.ToString(), url.IsBareHost), (kept.Path, kept.Spelling, kept.ToString(), kept.IsBareHost));
        Assert.Same(kept, urls.Of(Url(text)));
    }

    private static Subscriber Jo(int port) => new(
        Url("http://im.adatum.com/instmsg/aliases/JoBrown"), new Callback.Direct(new Uri($"http://10.10.1.98:{port}")), IPAddress.Parse("10.10.1.98"));

    private static RvpUrl Url(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new ArgumentException(text);
}
