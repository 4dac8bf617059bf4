using System.Globalization;
using System.Net;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Administration;

/// <summary>
/// All that administrators work with, each for one administrator: the API and the command line ask for it here, so that roles are checked and changes are noted
/// whichever way they come.
/// </summary>
internal sealed class AdminServices
{
    private readonly IAccounts accounts;
    private readonly ImDomains domains;
    private readonly SendPerson send;
    private readonly WallClock wall;
    private readonly AdminStore store;

    /// <param name="database">The store.</param>
    /// <param name="accounts">All accounts.</param>
    /// <param name="domains">The IM domains of this process.</param>
    /// <param name="send">Moves people between processes.</param>
    /// <param name="wall">Says when something was done.</param>
    /// <param name="time">Measures how often somebody is refused.</param>
    public AdminServices(IDatabase database, IAccounts accounts, ImDomains domains, SendPerson send, WallClock wall, TimeProvider time)
    {
        this.accounts = accounts;
        this.domains = domains;
        this.send = send;
        this.wall = wall;
        store = new AdminStore(database);
        Audit = new AuditLog(store, wall, time);
        Lookup = new RoleLookup(store, accounts);
    }

    /// <summary>The audit log.</summary>
    public AuditLog Audit { get; }

    /// <summary>Finds the roles of accounts.</summary>
    public RoleLookup Lookup { get; }

    /// <summary>The accounts.</summary>
    /// <param name="who">The administrator.</param>
    /// <param name="expected">The <see cref="AccountVersion"/> that an account must have to be changed; null: any.</param>
    public AdministeredAccounts AccountsFor(Administrator who, string? expected = null) =>
        new(accounts, store, Lookup, Audit, domains, send, who, expected);

    /// <summary>The roles.</summary>
    public IRoles RolesFor(Administrator who) => new Roles(store, accounts, domains, Audit, wall, who);

    /// <summary>What of the audit log this administrator may read.</summary>
    public IAuditTrail AuditFor(Administrator who) => new Trail(Audit, who);

    /// <summary>True if somebody is Full Administrator of the installation.</summary>
    public Task<bool> HasFullAdministratorAsync() => store.ReadAsync(connection => GrantRows.HasOtherFullAsync(connection, GrantKind.Account, ""));

    /// <summary>True if the account's password was set here, and is not the directory's.</summary>
    public Task<bool> HasOwnPasswordAsync(Account account) => store.ReadAsync(async connection =>
    {
        await using var command = Sql.Command(connection, "SELECT COUNT(*) FROM own_passwords WHERE domain = @domain AND name_key = @name",
            ("@domain", account.Domain), ("@name", AccountRows.KeyOf(account.Name)));
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0;
    });

    /// <summary>Sets the password of somebody who has proven the old one.</summary>
    public Task ChangeOwnPasswordAsync(Account account, string password, IPAddress from, CancellationToken stop) =>
        ChangeOwnAsync(account, "own.password", null, null, from, own => own.SetPasswordAsync(account, password, stop));

    /// <summary>Gives somebody who is signed in another display name.</summary>
    public Task ChangeOwnNameAsync(Account account, string name, IPAddress from, CancellationToken stop) =>
        ChangeOwnAsync(account, "own.name", new { account.DisplayName }, new { DisplayName = name }, from,
            own => own.SetDisplayNameAsync(account, name, stop));

    private async Task ChangeOwnAsync(Account account, string action, object? before, object? after, IPAddress from, Func<IAccounts, Task> change)
    {
        var owner = new Administrator(account.Email, from.ToString(), []);
        var entry = AuditEntry.Of(owner, action, account.Email, account.Domain, before, after);
        var own = accounts.In(account.Domain);
        if (own is INotesChanges noting)
        {
            await change(noting.Noting(connection => Audit.AddAsync(connection, entry)));
            return;
        }
        await change(own);
        await Audit.AddAsync(entry);
    }

    private sealed class Trail(AuditLog audit, Administrator who) : IAuditTrail
    {
        public Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken stop) => audit.ReadAsync(who, query);
    }
}
