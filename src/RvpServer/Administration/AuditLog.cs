using System.Data.Common;
using RvpServer.Collections;
using RvpServer.Runtime;
using static RvpServer.Directories.Local.AccountRows;
using static RvpServer.Storage.Sql;

namespace RvpServer.Administration;

/// <summary>The audit log: what administrators did. Entries are added and read, never changed.</summary>
/// <param name="store">Where it is.</param>
/// <param name="wall">Says when.</param>
/// <param name="time">Measures how often somebody is refused.</param>
internal sealed class AuditLog(AdminStore store, WallClock wall, TimeProvider time)
{
    // Longer texts are nobody's address or reason; the log must not become a place to store things.
    private const int MaxTextLength = 400;

    // Of one person: a mistake a minute is noted, a script's thousands are not.
    private const int RefusalBurst = 20;
    private const int MaxRefused = 1000;
    private static readonly TimeSpan RefusalRefill = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly TokenBuckets<string> refusals = new(RefusalBurst, RefusalRefill, MaxRefused);

    /// <summary>Adds an entry inside the transaction that is open on the connection, so that neither it nor the change is there alone.</summary>
    public Task AddAsync(DbConnection connection, AuditEntry entry) =>
        ExecuteAsync(connection, """
            INSERT INTO audit (id, at, who, source, action, target, domain, outcome, reason, old_values, new_values)
            SELECT COALESCE(MAX(id), 0) + 1, @at, @who, @source, @action, @target, @domain, @outcome, @reason, @before, @after FROM audit
            """, CancellationToken.None,
            ("@at", wall.Now.ToUnixTimeMilliseconds()), ("@who", Short(entry.Who)), ("@source", Short(entry.Source)), ("@action", Short(entry.Action)),
            ("@target", Short(entry.Target)), ("@domain", entry.Domain ?? ""), ("@outcome", (int)entry.Outcome), ("@reason", Short(entry.Reason)),
            ("@before", entry.Before), ("@after", entry.After));

    /// <summary>Adds an entry about something that is not in the store.</summary>
    public Task AddAsync(AuditEntry entry) => store.WriteAsync(connection => AddAsync(connection, entry));

    /// <summary>Notes that somebody was refused; of somebody who is refused all the time, some.</summary>
    public Task AddRefusedAsync(AuditEntry entry, string reason)
    {
        lock (gate)
            if (!refusals.TryTake(entry.Who, time.GetUtcNow())) return Task.CompletedTask;
        return AddAsync(entry with { Outcome = AuditOutcome.Refused, Reason = reason });
    }

    /// <summary>Entries that an administrator may read, the newest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> ReadAsync(Administrator who, AuditQuery query) =>
        store.ReadAsync(connection => ReadAsync(connection, query, who.Domains));

    /// <summary>The last change of an account, as far as the log knows.</summary>
    public static async Task<AuditEntry?> FindLastAsync(DbConnection connection, string address) =>
        (await ReadAsync(connection, new AuditQuery { Target = address, Max = 1 }, null)) is [var last] ? last : null;

    private static async Task<IReadOnlyList<AuditEntry>> ReadAsync(DbConnection connection, AuditQuery query, IReadOnlySet<string>? domains)
    {
        var visible = (domains ?? new HashSet<string>()).Select((domain, i) => (Name: $"@domain{i}", Value: (object?)domain.ToLowerInvariant())).ToList();
        var only = domains is null ? "" : $" AND domain IN ({string.Join(", ", visible.Select(domain => domain.Name))})";
        var about = query.Target is null ? "" : " AND target = @target";
        await using var command = Command(connection, $"""
            SELECT id, at, who, source, action, target, domain, outcome, reason, old_values, new_values FROM audit
            WHERE id < @below AND at >= @since AND upper(who) LIKE @who ESCAPE '!'{about}{only} ORDER BY id DESC LIMIT @max
            """,
            [
                ("@below", query.Before), ("@since", query.Since?.ToUnixTimeMilliseconds() ?? 0), ("@who", Containing(query.Who ?? "")),
                ("@target", query.Target), ("@max", Math.Clamp(query.Max, 1, AuditQuery.MaxEntries)), .. visible,
            ]);
        await using var row = await command.ExecuteReaderAsync();
        var found = new List<AuditEntry>();
        while (await row.ReadAsync()) found.Add(ToEntry(row));
        return found;
    }

    private static AuditEntry ToEntry(DbDataReader row) =>
        new(row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6) is { Length: > 0 } domain ? domain : null)
        {
            Id = row.GetInt64(0),
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
            Outcome = (AuditOutcome)row.GetInt32(7),
            Reason = row.GetString(8),
            Before = row.IsDBNull(9) ? null : row.GetString(9),
            After = row.IsDBNull(10) ? null : row.GetString(10),
        };

    private static string Short(string text) => text.Length > MaxTextLength ? string.Concat(text.AsSpan(0, MaxTextLength), "…") : text;
}
