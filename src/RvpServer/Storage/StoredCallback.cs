using Rvp.Engine;

namespace RvpServer.Storage;

/// <summary>The kind of callback in a row. Stored, so the numbers must not change.</summary>
internal enum CallbackKind
{
    /// <summary>An address as text.</summary>
    Direct = 1,

    /// <summary>A node, with its spelling.</summary>
    Logical = 2,

    /// <summary>None.</summary>
    Polled = 3,
}

/// <summary>A callback as columns.</summary>
internal readonly record struct StoredCallback(CallbackKind Kind, string? Text, string? Spelling)
{
    /// <summary>The columns of a callback.</summary>
    public static StoredCallback Of(Callback callback)
    {
        switch (callback)
        {
            case Callback.Direct direct:
                return new StoredCallback(CallbackKind.Direct, direct.Url.OriginalString, null);
            case Callback.Logical logical:
                var node = StoredUrl.Of(logical.Node);
                return new StoredCallback(CallbackKind.Logical, node.Identity, node.Spelling);
            case Callback.Polled:
                return new StoredCallback(CallbackKind.Polled, null, null);
            default:
                throw new InvalidOperationException("A callback that no column knows: " + callback);
        }
    }

    /// <summary>The callback; null if the columns are invalid.</summary>
    public Callback? ToCallback() => Kind switch
    {
        CallbackKind.Direct when Uri.TryCreate(Text, UriKind.Absolute, out var url) => new Callback.Direct(url),
        CallbackKind.Logical when Text is not null && new StoredUrl(Text, Spelling).ToUrl() is { } node => new Callback.Logical(node),
        CallbackKind.Polled => Callback.Polled.Instance,
        _ => null,
    };
}
