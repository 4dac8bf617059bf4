using System.Data.Common;
using System.Globalization;
using static RvpServer.Storage.Sql;

namespace RvpServer.Administration;

/// <summary>Reads and writes the rows of roles. Plain SQL over ADO.NET, not specific to one engine.</summary>
internal static class GrantRows
{
    private const string Select = "SELECT kind, subject, name, domain, role, granted_at FROM administrators";

    private const int Full = (int)AdminRole.FullAdministrator;

    /// <summary>All roles, by domain and name.</summary>
    public static Task<IReadOnlyList<RoleGrant>> ReadAllAsync(DbConnection connection) => ReadAsync(connection, " ORDER BY domain, name, kind");

    /// <summary>The roles of an account itself, or of a group.</summary>
    public static Task<IReadOnlyList<RoleGrant>> ReadAsync(DbConnection connection, GrantKind kind, string subject) =>
        ReadAsync(connection, " WHERE kind = @kind AND subject = @subject ORDER BY domain", ("@kind", (int)kind), ("@subject", subject));

    /// <summary>The roles of all groups.</summary>
    public static Task<IReadOnlyList<RoleGrant>> ReadGroupsAsync(DbConnection connection) =>
        ReadAsync(connection, " WHERE kind = @kind ORDER BY subject, domain", ("@kind", (int)GrantKind.Group));

    /// <summary>Writes a role in place of the one that the subject has for this domain.</summary>
    public static Task WriteAsync(DbConnection connection, RoleGrant grant) => ExecuteAsync(connection, """
        INSERT INTO administrators (kind, subject, name, domain, role, granted_at) VALUES (@kind, @subject, @name, @domain, @role, @at)
        ON CONFLICT (kind, subject, domain) DO UPDATE SET name = @name, role = @role, granted_at = @at
        """,
        CancellationToken.None, ("@kind", (int)grant.Kind), ("@subject", grant.Subject), ("@name", grant.Name), ("@domain", grant.Domain ?? ""),
        ("@role", (int)grant.Role), ("@at", grant.GrantedAt.ToUnixTimeMilliseconds()));

    /// <summary>Takes a role.</summary>
    public static Task DeleteAsync(DbConnection connection, RoleGrant grant) => ExecuteAsync(connection,
        "DELETE FROM administrators WHERE kind = @kind AND subject = @subject AND domain = @domain", CancellationToken.None,
        ("@kind", (int)grant.Kind), ("@subject", grant.Subject), ("@domain", grant.Domain ?? ""));

    /// <summary>Takes all roles of an account that goes.</summary>
    public static Task DeleteAsync(DbConnection connection, string account) => ExecuteAsync(connection,
        "DELETE FROM administrators WHERE kind = @kind AND subject = @subject", CancellationToken.None,
        ("@kind", (int)GrantKind.Account), ("@subject", account));

    /// <summary>True if somebody else is Full Administrator of the installation, whose account is not disabled in this store.</summary>
    public static async Task<bool> HasOtherFullAsync(DbConnection connection, GrantKind kind, string subject)
    {
        await using var command = Command(connection, $"""
            SELECT COUNT(*) FROM administrators g WHERE g.role = {Full} AND g.domain = '' AND NOT (g.kind = @kind AND g.subject = @subject)
                AND NOT (g.kind = {(int)GrantKind.Account} AND EXISTS (SELECT 1 FROM accounts a WHERE a.uid = g.subject AND a.enabled = 0))
            """, ("@kind", (int)kind), ("@subject", subject));
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0;
    }

    private static async Task<IReadOnlyList<RoleGrant>> ReadAsync(DbConnection connection, string which, params (string Name, object? Value)[] parameters)
    {
        await using var command = Command(connection, Select + which, parameters);
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<RoleGrant>();
        while (await row.ReadAsync())
        {
            found.Add(new RoleGrant(
                (GrantKind)row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3) is { Length: > 0 } domain ? domain : null,
                (AdminRole)row.GetInt32(4), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))));
        }
        return found;
    }
}
