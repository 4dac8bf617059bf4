using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>
/// The URLs and addresses of stored rows, each as one object: a store of 100,000 accounts has two million rows with the same texts again and again, which are
/// found by their bytes, without a string.
/// </summary>
internal sealed class KnownTexts
{
    // Of texts that clients make up there may be any number.
    private const int Few = 1024;

    // As callbacks, so that these are shared too.
    private readonly Dictionary<byte[], Callback.Logical?> urls = new(new Utf8Comparer());
    private readonly Dictionary<byte[], IPAddress?> addresses = new(new Utf8Comparer());
    private readonly Dictionary<byte[], PropertyName> names = new(new Utf8Comparer());
    private readonly Dictionary<byte[], string> values = new(new Utf8Comparer());
    private readonly HashSet<string> hosts = [];

    // The last one of each principal: who signs in makes all watches with the same.
    private readonly Dictionary<Callback.Logical, Subscriber> subscribers = new(ReferenceEqualityComparer.Instance);
    private byte[] both = new byte[512];

    /// <summary>A URL, as the callback to which it leads; null for columns that cannot be read.</summary>
    public Callback.Logical? Url(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> spelling = default)
    {
        var lookup = urls.GetAlternateLookup<ReadOnlySpan<byte>>();
        var key = Join(identity, spelling);
        if (lookup.TryGetValue(key, out var known)) return known;
        var url = new StoredUrl(Encoding.UTF8.GetString(identity), spelling.IsEmpty ? null : Encoding.UTF8.GetString(spelling)).ToUrl();
        return lookup[key] = url is null ? null : new Callback.Logical(Keep(url));
    }

    /// <summary>From now on <paramref name="key"/> stands for this URL.</summary>
    public void Learn(ReadOnlySpan<byte> key, ReadOnlySpan<byte> identity)
    {
        var url = Url(identity);
        urls.GetAlternateLookup<ReadOnlySpan<byte>>()[key] = url;
    }

    /// <summary>A subscriber of these parts.</summary>
    public Subscriber Subscriber(Callback.Logical principal, Callback callback, IPAddress address, long passwordStamp)
    {
        if (subscribers.TryGetValue(principal, out var last) && ReferenceEquals(last.Address, address) && last.PasswordStamp == passwordStamp
            && last.Callback.Equals(callback)) return last;
        return subscribers[principal] = new Subscriber(principal.Node, callback, address, passwordStamp);
    }

    /// <summary>The name of a property.</summary>
    public PropertyName Name(ReadOnlySpan<byte> text)
    {
        var lookup = names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(text, out var known)) return known;
        var name = PropertyName.Parse(Encoding.UTF8.GetString(text));
        return names.Count < Few ? lookup[text] = name : name;
    }

    /// <summary>A value, of which most are one of a few.</summary>
    public string Value(ReadOnlySpan<byte> text)
    {
        var lookup = values.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(text, out var known)) return known;
        var value = Encoding.UTF8.GetString(text);
        return values.Count < Few ? lookup[text] = value : value;
    }

    /// <summary>An address; null for a text that is none.</summary>
    public IPAddress? Address(ReadOnlySpan<byte> text)
    {
        var lookup = addresses.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(text, out var known)) return known;
        return lookup[text] = IPAddress.TryParse(text, out var address) ? address : null;
    }

    private RvpUrl Keep(RvpUrl url)
    {
        if (hosts.TryGetValue(url.Host, out var host)) return url.ToKeep(host);
        hosts.Add(url.Host);
        return url.ToKeep(url.Host);
    }

    // No URL has a line break.
    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> spelling)
    {
        if (spelling.IsEmpty) return identity;
        var length = identity.Length + 1 + spelling.Length;
        if (both.Length < length) both = new byte[length];
        identity.CopyTo(both);
        both[identity.Length] = (byte)'\n';
        spelling.CopyTo(both.AsSpan(identity.Length + 1));
        return both.AsSpan(0, length);
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] text) => GetHashCode(text.AsSpan());

        public bool Equals(ReadOnlySpan<byte> text, byte[] known) => text.SequenceEqual(known);

        public int GetHashCode(ReadOnlySpan<byte> text)
        {
            var hash = new HashCode();
            hash.AddBytes(text);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> text) => text.ToArray();
    }
}
