/** Words for people: text from elsewhere made harmless to look at, cut into lines, emphasised on a terminal. */
package io.sentinel.text;
