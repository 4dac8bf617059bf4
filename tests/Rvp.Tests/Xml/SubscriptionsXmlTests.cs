using FsCheck;
using FsCheck.Xunit;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Xml;

public class SubscriptionsXmlTests
{
    [Fact]
    public void A_list_is_written_as_the_page_shows_it()
    {
        var bytes = SubscriptionsXml.Write([new ListedSubscription(456, "http://im.adatum.com/instmsg/aliases/JoBrown", TimeSpan.FromSeconds(4789.9))]);

        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<r:subscriptions xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'>" +
            "<r:subscription><r:subscription-id>456</r:subscription-id><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href>" +
            "<a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/JoBrown</a:rvp-principal></a:principal>" +
            "<d:timeout>4789</d:timeout></r:subscription></r:subscriptions>",
            Text.Of(bytes));
    }

    [Fact]
    public void An_empty_list_is_a_document_too()
    {
        Assert.Equal(
            "<?xml version=\"1.0\"?>" +
            "<r:subscriptions xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'></r:subscriptions>",
            Text.Of(SubscriptionsXml.Write([])));
    }

    [Theory]
    [InlineData("<r:subscription/>")]
    [InlineData("<r:subscription><r:subscription-id>x</r:subscription-id><d:href>h</d:href><d:timeout>1</d:timeout></r:subscription>")]
    [InlineData("<r:subscription><r:subscription-id>0</r:subscription-id><d:href>h</d:href><d:timeout>1</d:timeout></r:subscription>")]
    [InlineData("<r:subscription><r:subscription-id>1</r:subscription-id><d:timeout>1</d:timeout></r:subscription>")]
    [InlineData("<r:subscription><r:subscription-id>1</r:subscription-id><d:href>h</d:href></r:subscription>")]
    public void An_incomplete_subscription_is_refused(string subscription) =>
        Text.IsBadRequest(() => SubscriptionsXml.Read(Text.Bytes($"<r:subscriptions {Text.Namespaces}>{subscription}</r:subscriptions>")));

    [Fact]
    public void Another_document_is_refused() => Text.IsBadRequest(() => SubscriptionsXml.Read(Text.Bytes("<subscriptions/>")));

    [Property]
    public void What_is_written_is_read((PositiveInt Id, NonNull<string> Watcher, NonNegativeInt Seconds)[] given)
    {
        var list = given.Select(s => new ListedSubscription(s.Id.Get, Text.Writable(s.Watcher.Get), TimeSpan.FromSeconds(s.Seconds.Get))).ToList();

        Assert.Equal(list, SubscriptionsXml.Read(SubscriptionsXml.Write(list)));
    }
}
