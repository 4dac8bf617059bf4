using System.Diagnostics;
using Rvp.Ldap;
using RvpServer.Directories;

namespace RvpServer.Interop.Ldap;

public class LdapFaultTests : LdapTest
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_wrong_password_of_the_server_is_said_clearly()
    {
        using var directory = Open(Slapd.Connection with { BindPassword = "wrong" });

        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.Equal($"Directory server {Slapd.Ldap} is unreachable: signing in as cn=im,dc=adatum,dc=com: InvalidCredentials (49)", Assert.Single(Log));
    }

    [Theory]
    [InlineData(true, false, "UntrustedRoot")]
    [InlineData(true, true, "UntrustedRoot")]
    [InlineData(false, false, "RemoteCertificateNameMismatch")]
    public async Task A_strangers_certificate_is_not_trusted(bool isOtherCa, bool isLdaps, string reason)
    {
        var settings = isOtherCa ? Slapd.Connection with { CaFile = Slapd.OtherCaFile } : Slapd.Connection with { Servers = [Slapd.Misnamed] };
        if (isLdaps) settings = settings with { Servers = [Slapd.Ldaps] };
        using var directory = Open(settings);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.Contains("no TLS: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_ca_file_the_systems_authorities_count_and_do_not_know_this_one()
    {
        using var directory = Open(Slapd.Connection with { CaFile = null });

        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.Contains("no TLS: ", Assert.Single(Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_ca_file_is_named()
    {
        using var directory = Open(Slapd.Connection with { CaFile = Slapd.CaFile + ".missing" });

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.Contains($"cannot read {Slapd.CaFile}.missing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frozen_directory_costs_the_one_who_asks_its_time_out_and_others_nothing()
    {
        using var directory = Open(Slapd.Connection with { Timeout = Short });
        var cached = Cache(directory, TimeSpan.FromMinutes(5));
        await FindAsync(cached, "JoBrown");
        await Slapd.FreezeAsync();

        var asked = Stopwatch.StartNew();
        var stranger = FindAsync(cached, "KariHensien");
        Assert.True(FindAsync(cached, "JoBrown").IsCompletedSuccessfully);
        await Assert.ThrowsAsync<DirectoryException>(() => stranger);
        asked.Stop();
        Assert.True(FindAsync(cached, "JoBrown").IsCompletedSuccessfully);

        // Once the time-out, and a fifth of it to tell slow from frozen; the rest is the machine's.
        Assert.InRange(asked.Elapsed, Short, Short * 2.5);
        await Slapd.ThawAsync();
    }

    [Fact]
    public async Task Expired_entries_outlive_an_outage()
    {
        using var directory = Open(Slapd.Connection with { Timeout = Short });
        var cached = Cache(directory, TimeSpan.FromTicks(1));
        await FindAsync(cached, "JoBrown");
        await Slapd.KillAsync();

        for (var i = 0; i < 20; i++) Assert.NotNull(await FindAsync(cached, "JoBrown"));

        Assert.Single(Log, line => line.StartsWith("The directory fails:", StringComparison.Ordinal));
        Assert.Single(Log, line => line.StartsWith($"Directory server {Slapd.Ldap} is unreachable: ", StringComparison.Ordinal));
        Assert.Equal(2, Log.Count);
    }

    [Fact]
    public async Task After_a_restart_the_next_request_is_answered()
    {
        using var directory = Open(Slapd.Settings);
        await FindAsync(directory, "JoBrown");
        await Slapd.KillAsync();
        await Slapd.RestartAsync();

        Assert.NotNull(await FindAsync(directory, "JoBrown"));
        Assert.Empty(Log);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_server_dies_or_freezes_the_second_answers(bool isFrozen)
    {
        await using var second = await SlapdServer.StartAsync();
        await second.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: displayName\ndisplayName: Jo Brown (second)\n");
        var bothAuthorities = Path.Combine(Path.GetDirectoryName(Slapd.CaFile)!, "both.pem");
        await File.WriteAllTextAsync(bothAuthorities, await File.ReadAllTextAsync(Slapd.CaFile) + "\n" + await File.ReadAllTextAsync(second.CaFile));
        using var directory = Open(Slapd.Connection with { Servers = [Slapd.Ldap, second.Ldap], CaFile = bothAuthorities, Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal("Jo Brown", (await FindAsync(directory, "JoBrown"))!.DisplayName);

        await (isFrozen ? Slapd.FreezeAsync() : Slapd.KillAsync());

        Assert.Equal("Jo Brown (second)", (await FindAsync(directory, "JoBrown"))!.DisplayName);
        Assert.StartsWith($"Directory server {Slapd.Ldap} is unreachable: ", Assert.Single(Log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("busy", "Busy (51)")]
    [InlineData("unavailable", "Unavailable (52)")]
    [InlineData("timelimit", "TimeLimitExceeded (3)")]
    public async Task A_server_that_cannot_at_the_moment_is_a_directory_exception(string fault, string reason)
    {
        using var directory = Open(Slapd.Settings with { BaseDn = $"cn={fault},ou=faults,{SlapdServer.BaseDn}" });

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_request_holds_nobody_up()
    {
        var settings = Slapd.Connection with { Timeout = Short };
        var client = Client(settings);

        var slow = SearchAsync(client, settings, $"cn=slow,ou=faults,{SlapdServer.BaseDn}");
        Assert.Equal(SlapdServer.Jo, Assert.Single(await SearchAsync(client, settings, SlapdServer.Jo)));
        var failure = await Assert.ThrowsAsync<LdapUnavailableException>(() => slow);
        Assert.Equal(SlapdServer.Jo, Assert.Single(await SearchAsync(client, settings, SlapdServer.Jo)));

        Assert.Contains("did not answer a request within", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Log);
    }

    [Fact]
    public async Task Many_searches_at_once_share_a_connection_and_none_is_mixed_up()
    {
        var client = Client(Slapd.Connection);
        string[] people = [SlapdServer.Jo, SlapdServer.Kari];

        var searches = Enumerable.Range(0, 500).Select(i => SearchAsync(client, Slapd.Connection, people[i % 2])).ToArray();

        for (var i = 0; i < searches.Length; i++) Assert.Equal(people[i % 2], Assert.Single(await searches[i]));
    }

    private static Task<IEnumerable<string>> SearchAsync(LdapClient client, LdapSettings settings, string baseDn) => client.CallAsync(
        async (connection, limit) =>
        {
            var search = new LdapSearch(baseDn, LdapScope.BaseObject, LdapFilter.Present("objectClass"), ["cn"], 1);
            return (await connection.SearchAsync(search, settings.Timeout, limit)).Entries.Select(entry => entry.Dn);
        },
        CancellationToken.None);
}
