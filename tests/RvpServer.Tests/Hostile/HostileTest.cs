using Rvp.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Hostile;

/// <summary>A bad request changes nothing, is told in one line what is wrong, and leaves a server that answers the next.</summary>
public abstract class HostileTest : HomeServerTest
{
    /// <summary>Jo and Kari are signed in, Jo watches Kari, and something is stored of everything.</summary>
    private protected async Task<string> Given()
    {
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.Asks("ACL", Kari.Path, "",
            $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:rvp-principal>http://im.contoso.com/x</a:rvp-principal><a:credentials><a:any/></a:credentials>"
                + "</a:principal><a:grant><a:read/></a:grant></a:ace></a:acl></a:rvpacl>");
        return await Stored();
    }

    /// <summary>All that can be seen of both nodes.</summary>
    private protected async Task<string> Stored()
    {
        var seen = "";
        foreach (var person in new[] { Jo, Kari })
        {
            seen += (await person.ListsSignIns()).Body + (await person.ListsWatchers()).Body + (await person.ReadsAcl()).Body
                + (await person.Asks("PROPFIND", person.Path, "", $"<d:propfind {Ns}><d:allprop/></d:propfind>")).Body;
        }
        return seen;
    }

    /// <summary>Status, and a reason in one line of plain text that tells nothing of the inside.</summary>
    private protected static void AssertRefused(int status, RawAnswer answer)
    {
        Assert.True(status == answer.Status, $"{status} expected, but: {answer}");
        Assert.Equal("text/plain; charset=utf-8", answer["Content-Type"]);
        Assert.Equal("0.2", answer["RVP-Notifications-Version"]);
        Assert.Matches("^[^\r\n]{5,200}\n$", answer.Body);
        Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Rvp.", answer.Body, StringComparison.Ordinal);
    }

    /// <summary>Everything is as it was, and the server still passes a message on.</summary>
    private protected async Task AssertUnchanged(string before)
    {
        Assert.Equal(before, await Stored());
        Assert.Equal(200, (await Jo.Says(Kari, "Still there?")).Status);
        await Kari.Hears(Jo, "Still there?");
    }
}
