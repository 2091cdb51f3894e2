using System.Text;

namespace KubeFed.Kubernetes.Text;

/// <summary>
/// Reads files as the text they are, or not at all: decoders put U+FFFD in place of what they can't read, and what is then stored or applied is not what was
/// written.
/// </summary>
public static class StrictText
{
    /// <summary>The longest mark first: UTF-32's begins as UTF-16's does.</summary>
    private static readonly Encoding[] Marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a file: UTF-8, or what its byte order mark says.</summary>
    /// <exception cref="TextEncodingException">A byte of it is neither; the message names file, byte and offset.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static string ReadFile(string path) => Decode(File.ReadAllBytes(path), path);

    /// <inheritdoc cref="ReadFile"/>
    public static async Task<string> ReadFileAsync(string path, CancellationToken cancellationToken) =>
        Decode(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);

    /// <param name="bytes">The text as it is stored.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="TextEncodingException">It can't be decoded.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string source)
    {
        Encoding encoding = Utf8;
        foreach (var marked in Marked)
        {
            if (bytes.StartsWith(marked.Preamble))
            {
                encoding = marked;
                break;
            }
        }

        var mark = encoding.Preamble.Length;
        try
        {
            return encoding.GetString(bytes[mark..]);
        }
        catch (DecoderFallbackException error)
        {
            var offset = mark + (encoding is UTF8Encoding ? error.Index : Readable(encoding, bytes[mark..]));
            throw new TextEncodingException(source, encoding.WebName.ToUpperInvariant(), offset, offset < bytes.Length ? bytes[offset] : null, error);
        }
    }

    /// <summary>How many bytes come before the first that can't be read; of UTF-16 and UTF-32 the decoder tells where it noticed, which is later.</summary>
    private static int Readable(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        var lenient = Encoding.GetEncoding(encoding.CodePage);
        return lenient.GetByteCount(lenient.GetString(bytes).Split('\uFFFD', 2)[0]);
    }
}
