using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Storage;

namespace RvpServer.Interop.Ldap;

/// <summary>One home server in two processes, where the directory gives Jo Brown a name whose node the other process has.</summary>
public sealed class ClusterRenameTests : ClusterMoveTest
{
    private protected override IReadOnlyList<int> Processes => [0, 0];

    [Fact]
    public async Task What_was_hers_goes_on_under_the_name_that_another_process_has()
    {
        await CommandAsync(0, "add", "KariHensien@adatum.com", "--home", "imhomeserver1", "--password-stdin");
        await using var kari = new Person(Ask, "KariHensien", "im.adatum.com", TestServer.Password);
        Assert.Equal(200, (await kari.SignsInToPoll()).Status);
        var before = await OwnerOfAsync("JoBrown");
        var name = "";
        for (var i = 0; name.Length == 0; i++)
            if (await OwnerOfAsync($"JoBrown{i}") != before) name = $"JoBrown{i}";

        await Slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            replace: uid
            uid: {name}
            -
            replace: msExchIMMetaPhysicalURL
            msExchIMMetaPhysicalURL: http://im.adatum.com/instmsg/aliases/{name}
            -
            replace: msExchIMPhysicalURL
            msExchIMPhysicalURL: http://{Home(0)}/instmsg/local/im.adatum.com/instmsg/aliases/{name}

            """);
        await using var renamed = new Person(Ask, name, "im.adatum.com", TestServer.Password);

        await Deadline.Until(
            async () => (await kari.LooksUp(renamed, Note)).Body.Contains("mine", StringComparison.Ordinal), "her property under her new name",
            () => string.Join('\n', Servers.Select(server => server.Log)), Patience);
        Assert.Equal(0, await ReadAsync("SELECT count(*) FROM properties WHERE node LIKE '%/jobrown'"));
        Assert.Equal(1, await ReadAsync($"SELECT count(*) FROM properties WHERE node LIKE '%/{name.ToLowerInvariant()}' AND inner_xml LIKE '%mine%'"));
    }

    private Task<long> OwnerOfAsync(string name) =>
        ReadAsync($"SELECT hashtext(CAST(owner AS text)) FROM shards WHERE id = {ShardMap.Of(RvpUrl.ForAlias("im.adatum.com", 80, name), Shards)}");
}
