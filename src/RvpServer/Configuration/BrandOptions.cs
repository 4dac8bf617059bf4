namespace RvpServer.Configuration;

/// <summary>How the web client shows whose it is.</summary>
internal record BrandOptions
{
    /// <summary>What its pages are called; null: Instant messaging.</summary>
    public string? Title { get; init; }

    /// <summary>A file with a picture, SVG or PNG, for the sign-in page and the tab; null: a speech bubble.</summary>
    public string? Logo { get; init; }

    /// <summary>The colour of buttons and links, <c>#rrggbb</c>; made darker or lighter as far as text needs it to be readable. Null: blue.</summary>
    public string? Accent { get; init; }
}
