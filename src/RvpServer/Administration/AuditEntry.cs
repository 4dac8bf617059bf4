using System.Text.Encodings.Web;
using System.Text.Json;

namespace RvpServer.Administration;

/// <summary>How something ended that an administrator wanted. The numbers are stored.</summary>
internal enum AuditOutcome
{
    Done = 1,

    /// <summary>The role did not go as far.</summary>
    Refused = 2,

    /// <summary>A directory on the network did not do it, or not all of it.</summary>
    Failed = 3,
}

/// <summary>What one administrator did, or wanted to do. Nothing in it is a secret.</summary>
/// <param name="Who"><see cref="Administrator.Name"/>.</param>
/// <param name="Source"><see cref="Administrator.Source"/>.</param>
/// <param name="Action">For example <c>account.disable</c>.</param>
/// <param name="Target">The address, group or path that it is about.</param>
/// <param name="Domain">The IM domain whose administrators may read it; null: those of the installation alone.</param>
internal sealed record AuditEntry(string Who, string Source, string Action, string Target, string? Domain)
{
    // Names of people stay readable; what shows them must write them as text.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Ascends; 0 before it is written.</summary>
    public long Id { get; init; }

    /// <summary>When, by the clock on the wall.</summary>
    public DateTimeOffset At { get; init; }

    public AuditOutcome Outcome { get; init; } = AuditOutcome.Done;

    /// <summary>Why it was refused, or failed; empty if it was done.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The values before, as JSON; null: there were none.</summary>
    public string? Before { get; init; }

    /// <summary>The values after, as JSON; null: there are none.</summary>
    public string? After { get; init; }

    /// <summary>An entry about something that this administrator does.</summary>
    public static AuditEntry Of(Administrator who, string action, string target, string? domain, object? before = null, object? after = null) =>
        new(who.Name, who.Source, action, target, domain) { Before = TextOf(before), After = TextOf(after) };

    private static string? TextOf(object? values) => values is null ? null : JsonSerializer.Serialize(values, Json);
}
