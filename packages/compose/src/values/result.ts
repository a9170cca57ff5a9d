/** What a text stands for, or what is wrong with it in the words of the reference. */
export type Read<T> = { readonly value: T } | { readonly problem: string }
