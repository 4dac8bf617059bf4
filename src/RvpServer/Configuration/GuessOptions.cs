using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>How many wrong passwords are looked at. A token comes back after each refill, up to the number.</summary>
internal sealed record GuessOptions
{
    /// <summary>Wrong passwords for an account, from all addresses together.</summary>
    // Nobody mistypes ten times in a row, and 120 an hour are far too slow for guessing.
    [Range(1, 1000)]
    public int PerAccount { get; init; } = 10;

    /// <summary>How long until the account may be tried once more.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan AccountRefill { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wrong passwords from an address, for all accounts together.</summary>
    // More, because a whole office may share one address.
    [Range(1, 100_000)]
    public int PerAddress { get; init; } = 50;

    /// <summary>How long until the address may try once more.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan AddressRefill { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wrong passwords for an account that a directory is asked about; half of them are for the account's known addresses.</summary>
    // Active Directory's usual lock-out is ten within ten minutes to half an hour: six, and two more every ten minutes, stay below it.
    [Range(2, 1000)]
    public int ToDirectory { get; init; } = 6;

    /// <summary>How long until the directory may be asked once more about each half.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan DirectoryRefill { get; init; } = TimeSpan.FromMinutes(10);
}
