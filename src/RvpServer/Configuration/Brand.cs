namespace RvpServer.Configuration;

/// <summary>How the web client of an IM domain shows whose it is; what is null is the server's own.</summary>
/// <param name="Title">What its pages are called.</param>
/// <param name="Logo">Its picture.</param>
/// <param name="Accent">Its colour, <c>#rrggbb</c>.</param>
internal sealed record Brand(string? Title, Logo? Logo, string? Accent)
{
    /// <summary>That of all domains which say nothing else. Notes what is wrong with the file of a picture.</summary>
    public static Brand Read(string key, BrandOptions options, string baseFolder, Mistakes mistakes) => new(
        options.Title, options.Logo is { } file ? Logo.Read($"{key}:Logo", file, baseFolder, mistakes) : null, options.Accent);

    /// <summary>This one, where the other says nothing.</summary>
    public Brand Over(Brand other) => new(Title ?? other.Title, Logo ?? other.Logo, Accent ?? other.Accent);
}
