using System.Globalization;
using Rvp.Engine;

namespace RvpServer.Storage;

/// <summary>The kind of callback in a row. Stored, so the numbers must not change.</summary>
internal enum CallbackKind
{
    /// <summary>An address as text.</summary>
    Direct = 1,

    /// <summary>A node, with its spelling.</summary>
    Logical = 2,

    /// <summary>None; the interval in seconds, if the client has named one.</summary>
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
                return new StoredCallback(CallbackKind.Direct, direct.Text, null);
            case Callback.Logical logical:
                var node = StoredUrl.Of(logical.Node);
                return new StoredCallback(CallbackKind.Logical, node.Identity, node.Spelling);
            case Callback.Polled polled:
                var seconds = (int)polled.Interval.TotalSeconds;
                return new StoredCallback(CallbackKind.Polled, seconds == 0 ? null : seconds.ToString(CultureInfo.InvariantCulture), null);
            default:
                throw new InvalidOperationException("A callback that no column knows: " + callback);
        }
    }

    /// <summary>The callback; null if the columns are invalid.</summary>
    public Callback? ToCallback() => Kind switch
    {
        CallbackKind.Direct when Uri.TryCreate(Text, UriKind.Absolute, out var url) => new Callback.Direct(url),
        CallbackKind.Logical when Text is not null && new StoredUrl(Text, Spelling).ToUrl() is { } node => new Callback.Logical(node),
        CallbackKind.Polled when Text is null => Callback.Polled.Instance,
        CallbackKind.Polled when int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) =>
            new Callback.Polled(TimeSpan.FromSeconds(seconds)),
        _ => null,
    };
}
