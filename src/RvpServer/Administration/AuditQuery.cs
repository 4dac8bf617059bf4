namespace RvpServer.Administration;

/// <summary>Which entries of the audit log; all conditions must hold, and those that are null do.</summary>
internal sealed record AuditQuery
{
    /// <summary>The most entries that are given at once.</summary>
    public const int MaxEntries = 1000;

    /// <summary>From then on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>A part of the administrator's name, without case.</summary>
    public string? Who { get; init; }

    /// <summary>The address, group or path that they are about.</summary>
    public string? Target { get; init; }

    /// <summary>Only entries with smaller ids, which are older.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>How many, from 1 to <see cref="MaxEntries"/>.</summary>
    public int Max { get; init; } = 100;
}
