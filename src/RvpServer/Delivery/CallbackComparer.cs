using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Delivery;

/// <summary>Compares callbacks: host without case, port, path and query exactly.</summary>
internal sealed class CallbackComparer : IEqualityComparer<Uri>
{
    public static readonly CallbackComparer Instance = new();

    public bool Equals(Uri? x, Uri? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null && x.Port == y.Port && x.PathAndQuery == y.PathAndQuery
            && x.IdnHost.Equals(y.IdnHost, StringComparison.OrdinalIgnoreCase));

    // With the path, since many may be at one host and port.
    public int GetHashCode([DisallowNull] Uri obj) => HashCode.Combine(obj.IdnHost.GetHashCode(StringComparison.OrdinalIgnoreCase), obj.Port, obj.PathAndQuery);
}
