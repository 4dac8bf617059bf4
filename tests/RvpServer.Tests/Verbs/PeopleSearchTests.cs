using System.Xml.Linq;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>Jo looks for people of her own domain, as the white paper's Contoso does in the address book. [scenario 2]</summary>
public sealed class PeopleSearchTests : HomeServerTest
{
    [Theory]
    [InlineData("kari", "Kari Hensien <KariHensien@adatum.com> http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("HENS", "Kari Hensien <KariHensien@adatum.com> http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("nobody", null)]
    [InlineData("%%", null)]
    [InlineData("__", null)]
    public async Task By_any_part_of_name_or_address(string match, string? found)
    {
        var (people, hasMore) = await Finds($"<p:match>{match}</p:match>");

        Assert.Equal(found is null ? [] : [found], people);
        Assert.False(hasMore);
    }

    [Fact]
    public async Task No_more_than_asked_for_and_nobody_who_is_disabled()
    {
        foreach (var i in Enumerable.Range(0, 5)) await Server.AddAccountAsync($"DonHall{i}@adatum.com", $"Don Hall {i}");
        await Server.DisableAccountAsync("DonHall0@adatum.com");

        var (people, hasMore) = await Finds("<p:match>don</p:match><p:limit>3</p:limit>");

        Assert.Equal(["Don Hall 1", "Don Hall 2", "Don Hall 3"], people.Select(person => person.Split(" <")[0]));
        Assert.True(hasMore);
        (people, hasMore) = await Finds("<p:match>don</p:match>");
        Assert.Equal((4, false), (people.Count, hasMore));
    }

    [Theory]
    [InlineData("<p:match>k</p:match>", "p:match must have 2 to 100 characters.")]
    [InlineData("", "p:match must have 2 to 100 characters.")]
    [InlineData("<p:match>kari</p:match><p:limit>51</p:limit>", "p:limit must be from 1 to 50.")]
    public async Task A_question_that_makes_no_sense_is_told_why(string question, string line)
    {
        var answer = await Asks(question);

        Assert.Equal((400, line), (answer.Status, answer.Body.Trim()));
    }

    private async Task<(List<string> People, bool HasMore)> Finds(string question)
    {
        var answer = await Asks(question);
        Assert.Equal(200, answer.Status);
        XNamespace own = "urn:rvpserver:people", dav = "DAV:";
        var root = XElement.Parse(answer.Body);
        return (
            [.. root.Elements(own + "person").Select(person =>
                $"{person.Element(dav + "displayname")!.Value} <{person.Element(own + "address")!.Value}> {person.Element(dav + "href")!.Value}")],
            root.Element(own + "more") is not null);
    }

    private Task<RawAnswer> Asks(string question) =>
        Jo.Asks("REPORT", Jo.Path, "", $"<p:people-query xmlns:p='urn:rvpserver:people'>{question}</p:people-query>");

    /// <summary>A provider switches it off.</summary>
    public sealed class SwitchedOff : HomeServerTest
    {
        private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Directory:PeopleSearch"] = "false" };

        [Fact]
        public async Task Nobody_is_found()
        {
            var answer = await Jo.Asks(
                "REPORT", Jo.Path, "", "<p:people-query xmlns:p='urn:rvpserver:people'><p:match>kari</p:match></p:people-query>");

            AssertAnswer(Refused("403 Forbidden", "People are not searched here."), answer);
        }

        [Fact]
        public async Task And_where_no_history_is_kept_it_says_so()
        {
            var answer = await Jo.Asks("REPORT", Jo.Path, "", "<h:history-query xmlns:h='urn:rvpserver:history'/>");

            AssertAnswer(Refused("403 Forbidden", "No history is kept here."), answer);
        }
    }
}
