namespace RvpServer.Directories;

/// <summary>The key of remembered answers; compares without case.</summary>
internal readonly record struct LookupKey(string Domain, string Name)
{
    /// <inheritdoc/>
    public bool Equals(LookupKey other) =>
        Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase) && Domain.Equals(other.Domain, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Domain.GetHashCode(StringComparison.OrdinalIgnoreCase), Name.GetHashCode(StringComparison.OrdinalIgnoreCase));
}
