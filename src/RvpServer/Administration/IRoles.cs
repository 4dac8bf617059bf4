using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Administration;

/// <summary>Who gets a role.</summary>
internal abstract record GrantTarget
{
    private GrantTarget()
    {
    }

    /// <summary>The account with an address.</summary>
    internal sealed record Person(ImAddress Address) : GrantTarget;

    /// <summary>A group of the directory, by its distinguished name.</summary>
    internal sealed record Group(string Name) : GrantTarget;
}

/// <summary>Gives and takes roles. All throw <see cref="AccountException"/> for what is not possible.</summary>
internal interface IRoles
{
    /// <summary>Gives a role for an IM domain, or for the whole installation, in place of the one that they have there.</summary>
    Task<RoleGrant> GrantAsync(GrantTarget target, AdminRole role, string? domain, CancellationToken stop);

    /// <summary>Takes the role for an IM domain, or for the whole installation.</summary>
    Task<RoleGrant> RevokeAsync(GrantTarget target, string? domain, CancellationToken stop);

    /// <summary>Who has which role.</summary>
    Task<IReadOnlyList<RoleGrant>> ListAsync(CancellationToken stop);
}

/// <summary>Reads the audit log.</summary>
internal interface IAuditTrail
{
    /// <summary>Entries, the newest first; at most <see cref="AuditQuery.MaxEntries"/>.</summary>
    Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken stop);
}
