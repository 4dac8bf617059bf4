using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

/// <summary>A directory in two parts: the first server has Jo Brown and refers to the second for the branch, where Kari Hensien is.</summary>
public sealed class LdapReferralTests : LdapTest, IAsyncLifetime, IDisposable
{
    private const string Branch = "ou=branch," + SlapdServer.BaseDn;
    private const string Kari = "cn=Kari Hensien," + Branch;

    private readonly TempFolder folder = new();
    private SlapdServer branch = null!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        branch = await SlapdServer.StartAsync();
        await branch.ChangeAsync($"""
            dn: {SlapdServer.Kari}
            changetype: delete

            dn: {SlapdServer.Jo}
            changetype: delete

            dn: {Branch}
            changetype: add
            objectClass: organizationalUnit
            ou: branch

            {branch.EntryOf(SlapdServer.Kari).Replace(SlapdServer.Kari, Kari, StringComparison.Ordinal)}
            """);
        await Slapd.ChangeAsync($"""
            dn: {SlapdServer.Kari}
            changetype: delete

            dn: {Branch}
            changetype: add
            objectClass: referral
            objectClass: extensibleObject
            ou: branch
            ref: {branch.Ldap}{Branch}

            """);
        folder.Write("ca.pem", await File.ReadAllTextAsync(Slapd.CaFile) + "\n" + await File.ReadAllTextAsync(branch.CaFile));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await branch.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task People_of_a_part_elsewhere_are_enabled_found_listed_proven_and_disabled()
    {
        var accounts = Accounts(SlapdServer.Admin, Both);
        using var directory = Open(Both);

        var enabled = await accounts.AddAsync(New("KariHensien@adatum.com"), CancellationToken.None);

        Assert.Equal("Kari Hensien", (await FindAsync(directory, "KariHensien"))?.DisplayName);
        Assert.Equal("Jo Brown", (await FindAsync(directory, "JoBrown"))?.DisplayName);
        Assert.Equal(["JoBrown", "KariHensien"], (await accounts.ListAsync(CancellationToken.None)).Select(account => account.Name).Order());
        Assert.True(await directory.ProveByBindAsync(enabled, SlapdServer.PeoplePassword, CancellationToken.None));
        Assert.False(await directory.ProveByBindAsync(enabled, "wrong", CancellationToken.None));

        await accounts.SetEnabledAsync(enabled, false, CancellationToken.None);
        Assert.False((await FindAsync(directory, "KariHensien"))!.IsEnabled);
    }

    [Fact]
    public async Task What_leads_to_a_server_that_is_not_listed_is_not_followed()
    {
        var settings = Slapd.Settings with { Connection = Both.Connection with { Referrals = [] } };
        var accounts = Accounts(SlapdServer.Admin, settings);
        using var directory = Open(settings);
        await Accounts(SlapdServer.Admin, Both).AddAsync(New("KariHensien@adatum.com"), CancellationToken.None);

        Assert.Null(await FindAsync(directory, "KariHensien"));
        Assert.Equal(["JoBrown"], (await accounts.ListAsync(CancellationToken.None)).Select(account => account.Name));
        var refused = await Assert.ThrowsAsync<AccountException>(() => accounts.AddAsync(New("KariHensien@adatum.com", person: Kari), CancellationToken.None));
        Assert.StartsWith("Another server of the directory has that (", refused.Message, StringComparison.Ordinal);
        Assert.Contains(branch.Ldap.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "name it in Rvp:Directory:Ldap:Referrals, at port 389 or 636, since 3268 and 3269 are for reading", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_does_not_answer_keeps_nobody_of_the_other_waiting_and_is_not_taken_for_empty()
    {
        await Accounts(SlapdServer.Admin, Both).AddAsync(New("KariHensien@adatum.com"), CancellationToken.None);
        using var directory = Open(Both);
        await branch.KillAsync();

        Assert.Equal("Jo Brown", (await FindAsync(directory, "JoBrown"))?.DisplayName);
        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "KariHensien"));
        await Assert.ThrowsAsync<DirectoryException>(() => Accounts(SlapdServer.Reader, Both).ListAsync(CancellationToken.None));

        await branch.RestartAsync();
        await Deadline.Until(
            async () =>
            {
                try
                {
                    return await FindAsync(directory, "KariHensien") is not null;
                }
                catch (DirectoryException)
                {
                    return false;
                }
            },
            "the branch again", () => string.Join('\n', Log), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Servers_that_refer_to_each_other_keep_no_request_going()
    {
        await branch.ChangeAsync($"""
            dn: {Kari}
            changetype: delete

            dn: {Branch}
            changetype: delete

            dn: {Branch}
            changetype: add
            objectClass: referral
            objectClass: extensibleObject
            ou: branch
            ref: {Slapd.Ldap}{Branch}

            """);
        using var directory = Open(Both);

        // In the branch is nothing but the way back.
        await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "KariHensien"));
        Assert.Equal("Jo Brown", (await FindAsync(directory, "JoBrown"))?.DisplayName);
    }

    private LdapAccountSettings Both => Slapd.Settings with
    {
        Connection = Slapd.Connection with { CaFile = folder.File("ca.pem"), Referrals = [branch.Ldap] },
    };
}
